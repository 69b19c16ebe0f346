/** What can be declared: the annotations, and the rules that their values follow. */
module dev.rivulet.annotations {
    requires static org.jspecify;

    exports dev.rivulet.annotations;
    exports dev.rivulet.policy;
}
