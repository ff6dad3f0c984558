"""The pages: a child's chronology for people, drawn on the server."""
