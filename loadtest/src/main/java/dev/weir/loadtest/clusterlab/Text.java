package dev.weir.loadtest.clusterlab;

import dev.weir.loadtest.process.Machine;
import java.util.List;

/** Results as a table of Markdown, which is as good to read on a terminal. */
final class Text {
    private Text() {}

    static String of(List<Result> results) {
        StringBuilder text = new StringBuilder("# Three nodes, cut off, stopped, killed and healed\n\n");
        Machine machine = Machine.here();
        text.append(machine.cpu())
                .append(", cores ")
                .append(machine.allowedCores())
                .append(", ");
        text.append(machine.kernel()).append(", Java ").append(System.getProperty("java.vm.version"));
        text.append("\n\n");
        results.forEach(result -> text.append("* `")
                .append(result.scenario().id())
                .append("`: ")
                .append(result.scenario().what())
                .append('\n'));
        text.append("\n| Scenario | Check | Bound | Found | |\n|---|---|---|---|---|\n");
        results.forEach(result -> text.append(rows(result)));
        long wrong = results.stream()
                .flatMap(result -> result.checks().stream())
                .filter(check -> !check.passed())
                .count();
        return text.append(wrong == 0 ? "\nAll is well.\n" : "\n" + wrong + " checks failed.\n")
                .toString();
    }

    /** Of one scenario. */
    static String rows(Result result) {
        StringBuilder rows = new StringBuilder();
        for (Check check : result.checks()) {
            rows.append("| ")
                    .append(String.join(
                            " | ",
                            result.scenario().id(),
                            cell(check.name()),
                            cell(check.bound()),
                            cell(check.figure()),
                            check.passed() ? "ok" : "**wrong**"))
                    .append(" |\n");
        }
        return rows.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replaceAll("\\s+", " ").strip();
    }
}
