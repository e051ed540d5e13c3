# Runs to the right and jumps, for ever. It knows nothing of traybot.
while true; do
    xdotool keydown Right
    sleep 0.5
    xdotool key space keyup Right
    echo "jumped"
done
