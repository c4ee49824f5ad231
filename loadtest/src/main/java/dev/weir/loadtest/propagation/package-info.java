/**
 * How fast what one node learns is known to all, and what that costs: balancer nodes in processes of their own, with the
 * balancer's own exchange and a cluster over the loopback interface, and made-up traffic.
 */
@NullMarked
package dev.weir.loadtest.propagation;

import org.jspecify.annotations.NullMarked;
