"""Dagster assets, jobs, schedules and sensors; ``orchestration.definitions`` puts them together."""
