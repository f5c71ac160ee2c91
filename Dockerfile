# Everything at once: the default, the extras, Detectron2, PyTorch3D, MoGe, 4D-Humans and SAM 3D Body.
#
#   docker build -t chorus-recon .                                        # CPU
#   docker build -t chorus-recon:cuda --build-arg DEVICE=cuda \
#     --build-arg BASE=nvidia/cuda:13.0.1-devel-ubuntu24.04 .             # CUDA
#   docker run --rm -v "$PWD:/work" chorus-recon photo.jpg -o out
#
# The default's networks are in it. Those under a licence of their own (SMPL, HMR 2.0, SAM) are not: mount
# each folder where `chorus-recon doctor` looks for it, such as -v "$HOME/bodies:/opt/chorus-recon/bodies".
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}

ARG DEVICE=cpu
# A CPU build of torch comes from the index that ARG names; empty takes the default index's.
ARG TORCH_INDEX=

RUN apt-get update && apt-get install -y --no-install-recommends \
      python3-venv python3-dev build-essential git libusb-1.0-0 libegl1 libgl1 libx11-6 libudev1 libidn2-0 libgomp1 \
    && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /venv
ENV PATH=/venv/bin:$PATH CHORUS_CACHE=/opt/chorus-recon

WORKDIR /src
COPY . .
RUN pip install --no-cache-dir -c constraints.txt ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} torch==2.13.0 \
    && pip install --no-cache-dir -c constraints.txt '.[all]' "setuptools<81" wheel ninja

# Git-only libraries. FORCE_CUDA builds their kernels without a GPU at hand.
RUN pip install --no-cache-dir --no-deps 'torchvision==0.28.0' 'iopath<0.1.10' fvcore omegaconf \
      antlr4-python3-runtime==4.9.3 hydra-core yacs pycocotools termcolor tabulate cloudpickle portalocker matplotlib \
      contourpy cycler fonttools kiwisolver pyparsing python-dateutil six einops timm pytorch-lightning torchmetrics \
      lightning-utilities webdataset braceexpand opencv-python-headless pandas
RUN export FORCE_CUDA=$([ "$DEVICE" = cuda ] && echo 1 || echo 0) MAX_JOBS=4 \
    && pip install --no-cache-dir --no-build-isolation --no-deps \
         git+https://github.com/facebookresearch/detectron2.git@02b5c4e \
    && pip install --no-cache-dir --no-build-isolation --no-deps \
         git+https://github.com/facebookresearch/pytorch3d.git@9381c40
RUN pip install --no-cache-dir --no-deps git+https://github.com/microsoft/MoGe.git@0744441 \
      git+https://github.com/EasternJournalist/utils3d.git@3fab839f
# these two pack no configuration files: they are used from their source trees
RUN git clone https://github.com/shubham-goel/4D-Humans.git /opt/4D-Humans \
    && git -C /opt/4D-Humans checkout 6ec7965 \
    && git clone https://github.com/facebookresearch/sam-3d-body.git /opt/sam-3d-body \
    && git -C /opt/sam-3d-body checkout b5c765a \
    && python -c "import site; open(site.getsitepackages()[0] + '/sources.pth', 'w').write('/opt/4D-Humans\n/opt/sam-3d-body')"

RUN chorus-recon models fetch && chorus-recon doctor
WORKDIR /work
ENTRYPOINT ["chorus-recon"]
