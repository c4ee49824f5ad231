package dev.weir.balancer.peers;

import dev.weir.balancer.incident.Agreement;

/**
 * The opinions of one backend that all present nodes have that do not doubt themselves, counted. Reused from backend to backend: nothing is allocated. Not
 * thread-safe.
 */
final class Votes {
    private int out;
    private int failing;
    private int well;
    private int checkedUp;
    private int checkedDown;
    private int tellers;

    void clear() {
        out = 0;
        failing = 0;
        well = 0;
        checkedUp = 0;
        checkedDown = 0;
        tellers = 0;
    }

    /** Another node's. */
    void add(Report report) {
        tellers++;
        switch (report.opinion()) {
            case OUT -> out++;
            case FAILING -> failing++;
            case WELL -> well++;
            case NONE -> {}
        }
        switch (report.check()) {
            case UP -> checkedUp++;
            case DOWN -> checkedDown++;
            case NONE -> {}
        }
    }

    /** How many others know the backend at all. */
    int tellers() {
        return tellers;
    }

    /** Others that checked it themselves and found it up. */
    int checkedUp() {
        return checkedUp;
    }

    /** Others that checked it themselves and found it down. */
    int checkedDown() {
        return checkedDown;
    }

    /** Whether any other would not use it. */
    boolean anyAgainst() {
        return out + failing + checkedDown > 0;
    }

    /**
     * Whether this node should believe the others that a backend is to be taken out: somebody took it out; that one and all
     * who saw failures, this node included, are at least two; and they are more than those who find it well. One node alone,
     * which may itself be what is broken, convinces nobody.
     *
     * @param own of this node, by its own evidence
     * @param answeredJustNow whether this node had an answer of it a moment ago: what it sees itself it believes more
     */
    boolean convince(Opinion own, boolean answeredJustNow) {
        if (out == 0 || answeredJustNow) {
            return false;
        }
        boolean fails = own == Opinion.OUT || own == Opinion.FAILING;
        int against = out + failing + (fails ? 1 : 0);
        int inFavour = well + (own == Opinion.WELL ? 1 : 0);
        return against >= 2 && against > inFavour;
    }

    /**
     * Whether this node alone finds down what others find well.
     *
     * @param downHere whether it finds it down, and by fresh evidence
     */
    boolean contradict(boolean downHere) {
        return downHere && well > 0 && out + failing == 0;
    }

    /**
     * "Everyone or only me?"
     *
     * @param own by this node's own evidence
     */
    Agreement agreement(Opinion own) {
        int down = out + failing;
        boolean downHere = own == Opinion.OUT || own == Opinion.FAILING;
        boolean wellHere = own == Opinion.WELL;
        if (down == 0 && !downHere) {
            return well > 0 || wellHere ? Agreement.WELL : Agreement.UNKNOWN;
        }
        if (well == 0 && !wellHere) {
            return down == 0 ? Agreement.DOWN_HERE : Agreement.DOWN_EVERYWHERE;
        }
        return down == 0 ? Agreement.DOWN_ONLY_FROM_HERE : Agreement.SPLIT;
    }
}
