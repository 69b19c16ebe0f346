#!/usr/bin/env bash
#
# DJL 0.36.0: LinearTracker and FactorTracker go beyond the limit they were given, down to negative learning rates.
#
# By the Javadoc of their builders, optMinValue and optMaxValue set the least and the greatest value. The limit is
# turned into a number of updates, which is *rounded*, and the value then stops there: up to half a step on the wrong
# side of the limit (for a factor, up to the square root of it). A learning rate that is to fall to 0 ends below 0, and
# every step from there on goes up the gradient, for the rest of the run. torch's LinearLR ends where it is told to.
#
# Seen:
#   LinearTracker  from 0.1, slope -0.06, min 0.00: [0.1, 0.040000003, -0.019999996, -0.019999996]
#   LinearTracker  from 0.0, slope  0.06, max 0.10: [0.0, 0.06, 0.12, 0.12]
#   FactorTracker  from 1.0, factor 0.1,  min 0.03: [1.0, 0.1, 0.010000001, 0.010000001]
#
# Exit status: 0 as described, 1 no longer as described, 2 the set-up failed.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>ai.djl</groupId><artifactId>api</artifactId><version>0.36.0</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
  </dependencies>
</project>
POM
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies \
    -DoutputDirectory="$work/lib" >mvn.log 2>&1 || { cat mvn.log >&2; exit 2; }

cat >TrackerLimit.java <<'JAVA'
import ai.djl.training.tracker.FactorTracker;
import ai.djl.training.tracker.LinearTracker;
import ai.djl.training.tracker.Tracker;
import java.util.Arrays;

public class TrackerLimit {
    public static void main(String[] args) {
        float[] falling = values(
                "LinearTracker  from 0.1, slope -0.06, min 0.00: ",
                LinearTracker.builder().setBaseValue(0.1f).optSlope(-0.06f).optMinValue(0).build());
        float[] rising = values(
                "LinearTracker  from 0.0, slope  0.06, max 0.10: ",
                LinearTracker.builder().setBaseValue(0).optSlope(0.06f).optMaxValue(0.1f).build());
        float[] factor = values(
                "FactorTracker  from 1.0, factor 0.1,  min 0.03: ",
                FactorTracker.builder().setBaseValue(1).setFactor(0.1f).optMinValue(0.03f).build());
        boolean asDescribed = falling[3] < -0.019 && rising[3] > 0.119 && factor[3] < 0.011;
        System.exit(asDescribed ? 0 : 1);
    }

    private static float[] values(String what, Tracker tracker) {
        float[] values = new float[4];
        for (int update = 0; update < values.length; update++) {
            values[update] = tracker.getNewValue(update);
        }
        System.out.println(what + Arrays.toString(values));
        return values;
    }
}
JAVA
javac -cp "lib/*" -d classes TrackerLimit.java || exit 2

java -cp "lib/*:classes" TrackerLimit
