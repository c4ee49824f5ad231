/**
 * Every cause of a failed request that is known, done to the real balancer and to its peers: what does the client get, who is
 * blamed, what is the operator told, and is the next request well? A row of the table is a {@link
 * dev.weir.loadtest.catalogue.Row}; {@code *Rows} have them all.
 */
@NullMarked
package dev.weir.loadtest.catalogue;

import org.jspecify.annotations.NullMarked;
