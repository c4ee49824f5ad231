package dev.weir.loadtest.faults;

/** What the name server says of a backend. */
record NameAnswers(Answer broken, Answer healed) {}
