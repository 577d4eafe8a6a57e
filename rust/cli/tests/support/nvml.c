/* A management library with two GPUs: a file of numbers scripts what it answers. Line: energy_mj power_mw status sleep_ms.
   The second GPU has no energy counter, as those before Volta. With FAKE_NVML_READS one byte for each read of the counter
   goes to that file: a witness of what was read, whatever became of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>

static void script(unsigned long long *energy, unsigned *power, int *status, int *sleep_ms) {
    const char *path = getenv("FAKE_NVML");
    FILE *file = path ? fopen(path, "r") : NULL;
    *energy = 0; *power = 0; *status = 999; *sleep_ms = 0;
    if (!file) return;
    if (fscanf(file, "%llu %u %d %d", energy, power, status, sleep_ms) != 4) *status = 999;
    fclose(file);
    if (*sleep_ms) usleep(*sleep_ms * 1000);
}

int nvmlInit_v2(void) { return 0; }
int nvmlShutdown(void) { return 0; }
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) {
    if (index > 1) return 6;
    *handle = (void *)(size_t)(index + 1);
    return 0;
}
int nvmlDeviceGetUUID(void *gpu, char *text, unsigned length) {
    snprintf(text, length, "GPU-00000000-0000-0000-0000-00000000000%d", (int)(size_t)gpu);
    return 0;
}
int nvmlDeviceGetName(void *gpu, char *text, unsigned length) { (void)gpu; snprintf(text, length, "Fake GPU"); return 0; }
int nvmlDeviceGetTotalEnergyConsumption(void *gpu, unsigned long long *energy) {
    unsigned power; int status, sleep_ms;
    static int reads = -2;
    if ((size_t)gpu == 2) return 3;
    script(energy, &power, &status, &sleep_ms);
    if (reads == -2) reads = getenv("FAKE_NVML_READS") ? open(getenv("FAKE_NVML_READS"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (reads >= 0 && write(reads, ".", 1) != 1) return 999;
    return status;
}
#ifndef WITHOUT_POWER
int nvmlDeviceGetPowerUsage(void *gpu, unsigned *power) {
    unsigned long long energy; int status, sleep_ms;
    if ((size_t)gpu == 2) { *power = 60000; return 0; }
    script(&energy, power, &status, &sleep_ms);
    return status;
}
#endif
