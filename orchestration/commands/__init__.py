"""The commands of ``lendwatch``, by topic. What they show is Chinese; what they do lives elsewhere."""
