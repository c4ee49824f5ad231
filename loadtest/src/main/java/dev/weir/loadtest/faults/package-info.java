/**
 * Backends that misbehave, each in one way that real ones do: on their sockets, in their bytes, or in what the name server
 * says of them. Nothing here knows HTTP better than it must; a fault is a few lines in one of the tables ({@code *Faults}).
 */
@NullMarked
package dev.weir.loadtest.faults;

import org.jspecify.annotations.NullMarked;
