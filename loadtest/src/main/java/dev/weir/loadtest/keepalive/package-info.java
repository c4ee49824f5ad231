/** The race between a request and a backend that closes the idle connection it is sent on: who lets clients see it. */
@NullMarked
package dev.weir.loadtest.keepalive;

import org.jspecify.annotations.NullMarked;
