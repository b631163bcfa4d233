"""The service: settings, container, routes and command line; it decides nothing."""
