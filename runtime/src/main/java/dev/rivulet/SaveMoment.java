package dev.rivulet;

import java.util.Map;

/**
 * When a save event happens.
 *
 * @param metrics exact values by name
 */
record SaveMoment(Phase phase, int epoch, long globalStep, Map<String, Double> metrics) {}
