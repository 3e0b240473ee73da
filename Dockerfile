# The service in a container: not root, all data in the volume /data.
#   docker build -t hotline . && docker run -p 8000:8000 -v hotline:/data hotline
#   docker run --rm hotline demo

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 \
    PIP_CONSTRAINT=/src/constraints.txt PIP_BUILD_CONSTRAINT=/src/constraints.txt
WORKDIR /src
RUN python -m venv /opt/hotline
# What the program needs comes first, so that a change of the program alone does not fetch it again.
COPY pyproject.toml constraints.txt README.md LICENSE ./
RUN mkdir bot intents knowledge \
 && /opt/hotline/bin/python -m pip install --quiet --use-pep517 '.[all]'
# Compiling halves what a verdict takes; the compiler stays behind in this stage.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev
COPY setup.py ./
COPY bot bot
COPY intents intents
COPY knowledge knowledge
# Left out: the installer, and a neural model of jieba that is not used (it needs another library).
RUN /opt/hotline/bin/python -m pip install --quiet --use-pep517 --no-deps --force-reinstall . \
 && rm -rf /opt/hotline/lib/python3*/site-packages/jieba/lac_small \
 && /opt/hotline/bin/python -m pip uninstall --quiet --yes setuptools pip 2>/dev/null

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin hotline \
 && install -d -o hotline -g hotline /data
COPY --from=build /opt/hotline /opt/hotline
ENV PATH=/opt/hotline/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOTLINE_DATABASE_URL=sqlite:////data/hotline.db \
    HOTLINE_DATA=/data \
    HOTLINE_CACHE=/data/cache
USER hotline
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["hotline"]
CMD ["serve", "--host", "0.0.0.0"]
