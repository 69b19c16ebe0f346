package dev.rivulet.internal.retention;

/** A file operation at a hook; paths are relative to the run's root. */
record Action(Kind kind, String file, String target) {
    enum Kind {
        SAVE,
        REMOVE,
        LINK
    }

    static Action save(String file) {
        return new Action(Kind.SAVE, file, "");
    }

    static Action remove(String file) {
        return new Action(Kind.REMOVE, file, "");
    }

    static Action link(String file, String target) {
        return new Action(Kind.LINK, file, target);
    }
}
