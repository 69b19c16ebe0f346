/** What can be declared: the annotations, and the rules of what they may say. */
module dev.rivulet.annotations {
    requires static org.jspecify;

    exports dev.rivulet.annotations;
    exports dev.rivulet.policy;
}
