/**
 * What balancer nodes tell each other of backends, and what each of them makes of it. Knows no network: the root hands over
 * what arrived, and publishes what is to be said.
 */
@NullMarked
package dev.weir.balancer.peers;

import org.jspecify.annotations.NullMarked;
