package dev.weir.loadtest.catalogue;

import java.io.IOException;

/** Sets up the backends of a case, before the proxies are started. */
@FunctionalInterface
interface Staging {
    /** @param prefix of the names of its pools */
    Cast stage(Place place, String prefix) throws IOException;
}
