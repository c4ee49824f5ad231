package dev.weir.loadtest.catalogue;

import java.util.List;

/** The backends of one case for one proxy. */
interface Cast extends AutoCloseable {
    List<Pool> pools();

    /** Ends the fault. */
    void heal();

    /** What the culprit answers to {@link Request#GET} once it is healed. */
    Wanted well();

    @Override
    void close();
}
