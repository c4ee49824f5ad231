package dev.weir.balancer.config;

import java.util.BitSet;
import java.util.Collection;
import java.util.StringJoiner;

/** A set of HTTP status codes, written as {@code 200-299} or {@code 200,204,301-303}. Immutable. */
public final class StatusSet {
    public static final StatusSet NONE = new StatusSet(new BitSet());

    private final BitSet codes;

    private StatusSet(BitSet codes) {
        this.codes = codes;
    }

    /** @throws IllegalArgumentException with a message for the user */
    public static StatusSet parse(String text) {
        BitSet codes = new BitSet();
        for (String part : text.split(",", -1)) {
            String[] ends = part.trim().split("-", -1);
            if (ends.length > 2) {
                throw unparseable(text);
            }
            int first = code(ends[0], text);
            int last = code(ends[ends.length - 1], text);
            if (last < first) {
                throw unparseable(text);
            }
            codes.set(first, last + 1);
        }
        return new StatusSet(codes);
    }

    /** All codes of all sets. */
    static StatusSet union(Collection<StatusSet> sets) {
        BitSet codes = new BitSet();
        sets.forEach(set -> codes.or(set.codes));
        return new StatusSet(codes);
    }

    /** Whether no code is less than the first or greater than the last. */
    boolean within(int first, int last) {
        return codes.previousSetBit(first - 1) < 0 && codes.nextSetBit(last + 1) < 0;
    }

    private static int code(String digits, String text) {
        if (!digits.trim().matches("[1-5][0-9]{2}")) {
            throw unparseable(text);
        }
        return Integer.parseInt(digits.trim());
    }

    private static IllegalArgumentException unparseable(String text) {
        return Scalars.wrong(text, "is not a list of status codes", "codes or ranges, such as 200-299 or 200,204");
    }

    public boolean contains(int status) {
        return codes.get(status);
    }

    public boolean isEmpty() {
        return codes.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StatusSet set && set.codes.equals(codes);
    }

    @Override
    public int hashCode() {
        return codes.hashCode();
    }

    /** As it would be written: {@code 200-299,404}. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(",");
        int first = codes.nextSetBit(0);
        while (first >= 0) {
            int last = codes.nextClearBit(first) - 1;
            text.add(first == last ? Integer.toString(first) : first + "-" + last);
            first = codes.nextSetBit(last + 1);
        }
        return text.toString();
    }
}
