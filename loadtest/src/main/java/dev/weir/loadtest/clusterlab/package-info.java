/**
 * Three balancers as they are delivered, as one cluster, each in a network namespace of its own: cut off, stopped, killed and healed
 * under traffic.
 */
@NullMarked
package dev.weir.loadtest.clusterlab;

import org.jspecify.annotations.NullMarked;
