package dev.weir.balancer.incident;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The newest dossiers. What floods one shelf leaves the others alone: a crawler's 404s and the requests that were saved do not
 * push out the 502 that somebody asks for.
 *
 * <p>Thread-safe and lock-free: event loops add. At most 1,024 dossiers, of a few KB each.
 */
public final class Dossiers {
    private static final int FAILED = 640;
    private static final int NO_FAULT_HERE = 128;
    private static final int UNSEEN = 256;

    private final Ring<Dossier> failed = new Ring<>(FAILED);
    /** Clients' mistakes, and what operators want. */
    private final Ring<Dossier> noFaultHere = new Ring<>(NO_FAULT_HERE);
    /** The client knows no id of these. */
    private final Ring<Dossier> unseen = new Ring<>(UNSEEN);

    private final Consumer<? super Dossier> listener;

    /** @param listener hears of each dossier, on the thread that adds it; must not block */
    public Dossiers(Consumer<? super Dossier> listener) {
        this.listener = listener;
    }

    /** Nobody listens. */
    public Dossiers() {
        this(dossier -> {});
    }

    public void add(Dossier dossier) {
        shelf(dossier).add(dossier);
        listener.accept(dossier);
    }

    private Ring<Dossier> shelf(Dossier dossier) {
        return switch (dossier.result()) {
            case FAILED, CUT -> dossier.clientsFault() || dossier.deliberate() ? noFaultHere : failed;
            case SAVED, RELAYED, CLIENT_LEFT -> unseen;
        };
    }

    /** @return null: there never was one, or newer ones have taken its place */
    public @Nullable Dossier find(String id) {
        List<Dossier> found = matching(dossier -> dossier.id().equals(id));
        return found.isEmpty() ? null : found.getFirst();
    }

    /** Newest first on each shelf; those that failed before those that were saved. */
    public List<Dossier> matching(Predicate<? super Dossier> wanted) {
        List<Dossier> all = new ArrayList<>(failed.newestFirst());
        all.addAll(noFaultHere.newestFirst());
        all.addAll(unseen.newestFirst());
        all.removeIf(wanted.negate());
        return all;
    }
}
