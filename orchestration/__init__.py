"""Dagster assets, jobs and sensors, and the command line that starts things."""
