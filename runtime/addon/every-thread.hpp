// Runs one function on every thread of the process, the ones that Node started included.
#pragma once

// `action` runs in a signal handler and returns 0 or an errno; so does this.
int RunOnEveryThread(int (*action)());
