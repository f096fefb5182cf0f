"""What goes over the wire: the models of requests and answers, in camelCase."""
