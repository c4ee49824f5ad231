/** A cluster of balancer nodes in virtual time, with the balancer's own strategies: what sharing load among nodes brings. */
@NullMarked
package dev.weir.loadtest.simulation;

import org.jspecify.annotations.NullMarked;
