#!/bin/bash
# Does a plan on a SLURM cluster, every job a part of it:
#   cfebm plan INPUT.zarr OUTPUT.zarr --model=microscopy -o plan.json
#   sbatch --array=1-20 slurm.sh plan.json
# Jobs that were killed or timed out: submit the same again, what is done stays. Exit code 3 means that others are still at work.
# Some of the 20 alone: say how many there are, sbatch --array=3,7 slurm.sh plan.json 20
#SBATCH --job-name=cfebm
#SBATCH --cpus-per-task=8
#SBATCH --mem=24G
#SBATCH --time=4:00:00
#SBATCH --requeue

plan=${1:?Give the plan: sbatch --array=1-N slurm.sh plan.json}
id=${SLURM_ARRAY_TASK_ID:-1} first=${SLURM_ARRAY_TASK_MIN:-1} last=${SLURM_ARRAY_TASK_MAX:-1}
parts=${2:-}
if [ -z "$parts" ]; then
  # All parts, counted from 0 or 1 on; of some alone there is no knowing how many there are.
  parts=${SLURM_ARRAY_TASK_COUNT:-1}
  if [ "$first" -gt 1 ] || [ $((last - first + 1)) -ne "$parts" ]; then
    echo "These are some parts alone: say how many there are in all, sbatch --array=3,7 slurm.sh plan.json N." >&2
    exit 2
  fi
  id=$((id - first + 1))
fi
CFEBM_OPTS=${CFEBM_OPTS:--Xmx4g} cfebm run "$plan" --part="$id/$parts" --threads="${SLURM_CPUS_PER_TASK:-1}"
status=$?
[ $status -eq 3 ] && exit 0
exit $status
