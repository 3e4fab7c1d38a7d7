# The wheel is built in one stage and installed in another, which holds no sources.
FROM python:3.12-slim AS wheel
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY newscrawl/ newscrawl/
COPY dedupe/ dedupe/
COPY data/demo/ data/demo/
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=wheel /wheels/ /wheels/
RUN pip install --no-cache-dir /wheels/*.whl && rm -r /wheels \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin newscrawl \
    && install --directory --owner newscrawl --group newscrawl /srv/newscrawl
# Everything that lasts lies here: newscrawl.toml, data/news.db, raw pages, backups, the log.
VOLUME /srv/newscrawl
WORKDIR /srv/newscrawl
USER newscrawl
ENTRYPOINT ["newscrawl"]
CMD ["--help"]
