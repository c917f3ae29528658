package org.wirescale.lab;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** A class of tests with one lab, in which alice and bob are as new before each test: a file for the other, a direct path, no tunnel. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AliceAndBob {
    Lab lab;
    Host alice;
    Host bob;

    /** Where there is more than {@link Lab#ofThree}. */
    Lab start() {
        return Lab.ofThree();
    }

    @BeforeAll
    void startLab() {
        lab = start();
    }

    @BeforeEach
    void reset() {
        lab.reset();
        alice = lab.alice();
        bob = lab.bob();
        lab.pair();
    }
}
