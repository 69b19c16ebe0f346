/**
 * What earlier builds have left on disk, and what becomes of it in this one.
 *
 * <p>Each folder of {@code src/test/resources/dev/rivulet/compatibility} is a recorded set: run directories that one build
 * left, and what that build said of them and made of them. A set is never recorded again. When files or manifests change,
 * the last commit before the change records one more, with {@link dev.rivulet.compatibility.RecordRuns} of that commit,
 * on Linux with {@code strace}:
 *
 * <pre>
 * mvn -q -pl runtime -am test-compile -DskipTests
 * mvn -q -f runtime dependency:build-classpath -Dmdep.outputFile=target/classpath -Dmdep.includeScope=test
 * java -cp runtime/target/test-classes:runtime/target/classes:$(cat runtime/target/classpath) \
 *     dev.rivulet.compatibility.RecordRuns runtime/src/test/resources/dev/rivulet/compatibility/NAME
 * </pre>
 */
@NullMarked
package dev.rivulet.compatibility;

import org.jspecify.annotations.NullMarked;
