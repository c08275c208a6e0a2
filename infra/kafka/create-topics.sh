#!/bin/bash
# Creates the topics of schemas/topics.yaml where they are missing; a test compares the lines below with that file.
set -eu

topic() { # name, partitions, retention in ms, bytes of the largest record
  /opt/kafka/bin/kafka-topics.sh --bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS" --create --if-not-exists --topic "$1" \
    --partitions "$2" --replication-factor "${REPLICATION_FACTOR:-1}" --config "retention.ms=$3" --config "max.message.bytes=$4"
}

topic frames 4 604800000 4194304
topic windows 4 86400000 16777216
topic reconstructions 4 604800000 1048576
topic scene-updates 4 604800000 1048576
topic frame-outcomes 4 604800000 1048576
topic dead-letters 1 2592000000 33554432
