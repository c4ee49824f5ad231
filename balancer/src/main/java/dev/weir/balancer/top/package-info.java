/**
 * A live view on a terminal of what one running balancer knows: its nodes, its backends, their load, and what each node says of
 * them. A tool for the command line: it knows nothing of a balancer but what that one's admin port tells.
 */
@NullMarked
package dev.weir.balancer.top;

import org.jspecify.annotations.NullMarked;
