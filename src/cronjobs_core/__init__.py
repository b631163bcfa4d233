"""The core of cronjobs: entities, rules, use cases and ports, with no framework."""
