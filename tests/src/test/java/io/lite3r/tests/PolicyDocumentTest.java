package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lite3r.schemas.access.Access;
import io.lite3r.schemas.access.BucketPolicy;
import io.lite3r.schemas.access.ServiceAccess.ObjectAction;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every service against every prefix: what access.yaml does not say, its policy refuses. */
class PolicyDocumentTest {
  private static final Map<ObjectAction, String> ACTIONS =
      Map.of(
          ObjectAction.READ, "s3:GetObject",
          ObjectAction.WRITE, "s3:PutObject",
          ObjectAction.DELETE, "s3:DeleteObject");

  @Test
  void aServiceTouchesUnderEachPrefixWhatIsStatedAndNothingElse() {
    Access access = Access.stated();
    Set<String> prefixes = new TreeSet<>(Set.of("secrets", "scene", "originals2"));
    access.services().values().forEach(service -> prefixes.addAll(service.objects().keySet()));
    Map<String, Boolean> stated = new LinkedHashMap<>();
    Map<String, Boolean> judged = new LinkedHashMap<>();
    for (String service : access.services().keySet()) {
      PolicyDocument policy = new PolicyDocument(BucketPolicy.of(service, "lite3r"));
      for (String prefix : prefixes) {
        Set<ObjectAction> may = access.of(service).objects().getOrDefault(prefix, Set.of());
        ACTIONS.forEach(
            (action, name) -> {
              String line = "%s %s %s".formatted(service, name, prefix);
              stated.put(line, may.contains(action));
              judged.put(
                  line,
                  policy.allows(name, "arn:aws:s3:::lite3r/%s/a/b".formatted(prefix), Map.of()));
            });
        String line = "%s lists %s".formatted(service, prefix);
        stated.put(line, may.contains(ObjectAction.LIST));
        judged.put(line, lists(policy, prefix + "/"));
      }
    }
    assertThat(stated).hasSizeGreaterThan(200).containsValue(true).containsValue(false);
    assertThat(judged).isEqualTo(stated);
  }

  @Test
  void noServiceListsTheWholeBucketNorMakesOneNorSeesAnother() {
    for (String service : Access.stated().services().keySet()) {
      PolicyDocument policy = new PolicyDocument(BucketPolicy.of(service, "lite3r"));
      assertThat(lists(policy, "")).as(service + " lists everything").isFalse();
      assertThat(policy.allows("s3:ListBucket", "arn:aws:s3:::lite3r", Map.of()))
          .as(service + " lists without a prefix")
          .isFalse();
      assertThat(policy.allows("s3:CreateBucket", "arn:aws:s3:::lite3r", Map.of())).isFalse();
      assertThat(policy.allows("s3:PutBucketPolicy", "arn:aws:s3:::lite3r", Map.of())).isFalse();
      assertThat(policy.allows("s3:GetObject", "arn:aws:s3:::other/scenes/a", Map.of())).isFalse();
    }
  }

  @Test
  void whatDeniesWinsAndWhatIsNotKnownIsNotJudged() {
    PolicyDocument denies =
        new PolicyDocument(
            """
            {"Statement": [
              {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"},
              {"Effect": "Deny", "Action": ["s3:Get*"], "Resource": ["arn:aws:s3:::b/x?"]}]}
            """);
    assertThat(denies.allows("s3:GetObject", "arn:aws:s3:::b/y", Map.of())).isTrue();
    assertThat(denies.allows("s3:GetObject", "arn:aws:s3:::b/x1", Map.of())).isFalse();
    assertThat(denies.allows("s3:PutObject", "arn:aws:s3:::b/x1", Map.of())).isTrue();
    assertThat(denies.allows("s3:PutObject", "arn:aws:s3:::c/x1", Map.of())).isFalse();

    assertThatThrownBy(
            () ->
                new PolicyDocument(
                    "{\"Statement\": [{\"Effect\": \"Allow\", \"NotAction\": \"a\"}]}"))
        .hasMessageContaining("NotAction");
  }

  private static boolean lists(PolicyDocument policy, String prefix) {
    return policy.allows("s3:ListBucket", "arn:aws:s3:::lite3r", Map.of("s3:prefix", prefix));
  }
}
