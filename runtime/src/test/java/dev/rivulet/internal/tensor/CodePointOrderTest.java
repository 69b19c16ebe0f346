package dev.rivulet.internal.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodePointOrderTest {
    @Test
    void agreesWithTheOrderOfUtf8Bytes() {
        List<String> strings =
                List.of("", "a", "ab", "b", "é", "\ud7ff", "\ue000", "\uffff", "\ufffd", "😀", "😁", "a😀");
        for (String left : strings) {
            for (String right : strings) {
                assertThat(Integer.signum(CodePointOrder.ASCENDING.compare(left, right)))
                        .as("%s and %s", left, right)
                        .isEqualTo(Integer.signum(Arrays.compareUnsigned(
                                left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8))));
            }
        }
    }
}
