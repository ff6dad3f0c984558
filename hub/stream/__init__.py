"""The Kafka door: what comes in from the topics of agencies, and the notices that go out."""
