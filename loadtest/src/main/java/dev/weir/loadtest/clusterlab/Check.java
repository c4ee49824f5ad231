package dev.weir.loadtest.clusterlab;

/**
 * Something that was looked at in a scenario.
 *
 * @param name of what
 * @param bound that it has to keep
 * @param figure that was found
 */
record Check(String name, String bound, String figure, boolean passed) {}
