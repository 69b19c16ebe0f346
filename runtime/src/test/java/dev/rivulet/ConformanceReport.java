package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.internal.retention.Verdict;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Verdicts on recorded cases: prints a summary and asserts that no case failed. */
final class ConformanceReport {
    private final Map<String, Verdict> verdicts = new TreeMap<>();

    void add(String id, Verdict verdict) {
        verdicts.put(id, verdict);
    }

    /** Prints all differences from Lightning and a summary; fails if a case failed or there are no cases. */
    void printAndAssert() {
        ofKind(Verdict.Kind.INTENTIONALLY_DIFFERENT).forEach(System.out::println);
        ofKind(Verdict.Kind.NOT_REPLAYED).forEach(line -> System.out.println("not replayed: " + line));
        System.out.printf(
                "%d cases: %d same as Lightning, %d intentionally different, %d failed, %d not replayed%n",
                verdicts.size(),
                ofKind(Verdict.Kind.SAME_AS_LIGHTNING).size(),
                ofKind(Verdict.Kind.INTENTIONALLY_DIFFERENT).size(),
                ofKind(Verdict.Kind.FAILED).size(),
                ofKind(Verdict.Kind.NOT_REPLAYED).size());
        assertThat(ofKind(Verdict.Kind.FAILED)).isEmpty();
        assertThat(verdicts).isNotEmpty();
    }

    private List<String> ofKind(Verdict.Kind kind) {
        return verdicts.entrySet().stream()
                .filter(entry -> entry.getValue().kind() == kind)
                .map(entry -> entry.getKey() + " " + entry.getValue().explanation())
                .toList();
    }
}
