"""What every folder may use: settings, the server, connections, exchange tables, month and money."""
