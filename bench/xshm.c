/* The least that a capture can cost here: XShmGetImage into a segment, by C alone, no copy.
 *
 * For each line "N X Y WIDTH HEIGHT" on its input it takes N pictures and prints the nanoseconds of
 * each in one line. Build: gcc -O2 xshm.c -lX11 -lXext.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <time.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>

static long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

int main(void) {
    Display *display = XOpenDisplay(NULL);
    if (!display) return 1;
    int screen = DefaultScreen(display), n, x, y, width, height;
    Window root = RootWindow(display, screen);
    XShmSegmentInfo segment;
    long size = 4L * DisplayWidth(display, screen) * DisplayHeight(display, screen);
    segment.shmid = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
    segment.shmaddr = shmat(segment.shmid, NULL, 0);
    segment.readOnly = False;
    shmctl(segment.shmid, IPC_RMID, NULL);
    if (!XShmAttach(display, &segment)) return 1;
    while (scanf("%d %d %d %d %d", &n, &x, &y, &width, &height) == 5) {
        XImage *image = XShmCreateImage(display, DefaultVisual(display, screen),
                                        DefaultDepth(display, screen), ZPixmap, segment.shmaddr,
                                        &segment, width, height);
        for (int i = 0; i < n; i++) {
            long start = now();
            XShmGetImage(display, root, image, x, y, AllPlanes);
            printf("%ld ", now() - start);
        }
        printf("\n");
        fflush(stdout);
        XFree(image);
    }
    return 0;
}
