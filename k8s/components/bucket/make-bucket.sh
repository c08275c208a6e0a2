#!/bin/sh
# The bucket, and for every service that touches objects a user with the policy that access.yaml gives it. May run any number of times.
set -eu
tries=60 # the store may start after this
until mc alias set store "$S3_ENDPOINT" "$ADMIN_ACCESS_KEY" "$ADMIN_SECRET_KEY" >/dev/null; do
  tries=$((tries - 1))
  [ $tries -gt 0 ] || exit 1
  sleep 2
done
mc mb --ignore-existing "store/$S3_BUCKET"

user() { # service, access key, secret key
  mc admin policy create store "lite3r-$1" "/policies/$1.json"
  mc admin user add store "$2" "$3" >/dev/null
  mc admin policy attach store "lite3r-$1" --user "$2" || mc admin policy entities store --user "$2" | grep -q "lite3r-$1"
  echo "$1 may use store/$S3_BUCKET as $1.json says"
}
user capture "$CAPTURE_ACCESS_KEY" "$CAPTURE_SECRET_KEY"
user reconstruction "$RECONSTRUCTION_ACCESS_KEY" "$RECONSTRUCTION_SECRET_KEY"
user fusion "$FUSION_ACCESS_KEY" "$FUSION_SECRET_KEY"
user console "$CONSOLE_ACCESS_KEY" "$CONSOLE_SECRET_KEY"
