/**
 * What the names of backends mean at present: asked for by the control side, before and after requests need it, never while
 * one waits for an answer that is known already.
 */
@NullMarked
package dev.weir.balancer.discovery;

import org.jspecify.annotations.NullMarked;
