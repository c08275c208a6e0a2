package io.lite3r.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("infra")
class AlertsTest {
  private static final String RULES = "infra/prometheus/rules/alerts.yml";
  private static final String SITUATIONS = "infra/prometheus/tests/";
  private static final String RUNBOOK = "docs/operations.md";
  private static final Pattern ENTRY = Pattern.compile("(?m)^### (Lite3r\\w+)$");
  private static final Pattern SUMMARY = Pattern.compile("\\S.*");
  private final Tree tree = Tree.asItIs();

  @Test
  void everyAlertSaysHowUrgentItIsWhatHappensAndHasAnEntryInTheRunbookAndViceVersa() {
    assertThat(unexplained(tree)).isEmpty();
  }

  @Test
  void everyAlertHasASituationInWhichItFiresAndOneInWhichItIsSilent() {
    assertThat(untried(tree)).isEmpty();
  }

  @Test
  void anAlertWithoutAnEntryAndAnEntryWithoutAnAlertAreFound() {
    assertThat(unexplained(tree.with(RUNBOOK, "### Lite3rDeadLetters\n", "### Lite3rDeadPosts\n")))
        .containsExactly(
            "alert Lite3rDeadLetters is not in docs/operations.md",
            "docs/operations.md has Lite3rDeadPosts, which is no alert");
  }

  @Test
  void anAlertThatIsNeitherPageNorTicketIsFound() {
    assertThat(unexplained(tree.with(RULES, "severity: page", "severity: loud")))
        .containsExactly("Lite3rServiceDown: severity is 'loud', not page or ticket");
  }

  @Test
  void anAlertThatNoSituationFiresIsFound() {
    assertThat(untried(tree.with(SITUATIONS + "gpu.yml", "exp_alerts", "exp_nothing")))
        .containsExactly("no situation fires Lite3rGpuMemoryLow");
  }

  @Test
  void anAlertWithoutASilentSituationIsFound() {
    assertThat(
            untried(
                tree.with(SITUATIONS + "flow.yml", "Lite3rNothingPublished, eval_time: 9m", "A")
                    .with(SITUATIONS + "flow.yml", "Lite3rNothingPublished, eval_time: 20m", "B")))
        .containsExactly("no situation keeps Lite3rNothingPublished silent");
  }

  private static List<Node> alerts(Tree tree) {
    List<Node> alerts = new ArrayList<>();
    for (Node group : tree.yaml(RULES).at("groups").elements()) {
      group.at("rules").elements().stream()
          .filter(rule -> rule.at("alert").isThere())
          .forEach(alerts::add);
    }
    assertThat(alerts).isNotEmpty();
    return alerts;
  }

  private static List<String> unexplained(Tree tree) {
    var problems = new Problems();
    List<String> names = new ArrayList<>();
    for (Node alert : alerts(tree)) {
      String name = alert.at("alert").text();
      names.add(name);
      String severity = alert.at("labels").at("severity").text();
      problems.unless(
          List.of("page", "ticket").contains(severity),
          "%s: severity is '%s', not page or ticket",
          name,
          severity);
      for (String text : List.of("summary", "description")) {
        problems.unless(
            SUMMARY.matcher(alert.at("annotations").at(text).text()).matches(),
            "%s has no %s",
            name,
            text);
      }
    }
    List<String> entries =
        ENTRY.matcher(tree.text(RUNBOOK)).results().map(entry -> entry.group(1)).toList();
    problems.same("alert", names, RUNBOOK, entries);
    return problems.all();
  }

  private static List<String> untried(Tree tree) {
    var firing = new TreeSet<String>();
    var silent = new TreeSet<String>();
    for (String file : tree.files("infra/prometheus/tests")) {
      for (Node situation : tree.yaml(file).at("tests").elements()) {
        for (Node expected : situation.at("alert_rule_test").elements()) {
          (expected.at("exp_alerts").elements().isEmpty() ? silent : firing)
              .add(expected.at("alertname").text());
        }
      }
    }
    var problems = new Problems();
    for (Node alert : alerts(tree)) {
      String name = alert.at("alert").text();
      problems.unless(firing.contains(name), "no situation fires %s", name);
      problems.unless(silent.contains(name), "no situation keeps %s silent", name);
    }
    return problems.all();
  }
}
