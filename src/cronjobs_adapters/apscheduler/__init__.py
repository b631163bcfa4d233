"""The timer over APScheduler 3."""

from cronjobs_adapters.apscheduler.timer import ApschedulerTimer

__all__ = ["ApschedulerTimer"]
