/**
 * Tests with run directories of earlier builds.
 *
 * <p>Each folder of {@code src/test/resources/dev/rivulet/compatibility} is a recorded set: run directories of one
 * build, its description of them, and the ends of the runs that it resumed. A set is never recorded again. When files
 * or manifests change, the last commit before the change records another set, with
 * {@link dev.rivulet.compatibility.RecordRuns} of that commit, on Linux with {@code strace}:
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
